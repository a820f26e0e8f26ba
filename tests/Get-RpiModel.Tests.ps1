BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Get-RpiModel' {
    BeforeAll {
        $live = New-LiveImage "$TestDrive"
    }

    It 'lists every model with every RAM' {
        $models = @(Get-RpiModel)
        $models.Count | Should -BeGreaterThan 24
        $models.Name | Should -Contain 'Pi 5'
        @($models | Where-Object { $null -ne $_.Fit }).Count | Should -Be 0
    }

    It 'takes names with wildcards' {
        @(Get-RpiModel 'Pi 4B' | ForEach-Object { "$_" }) | Should -Be @('Pi 4B 1 GB', 'Pi 4B 2 GB', 'Pi 4B 4 GB', 'Pi 4B 8 GB')
        @(Get-RpiModel 'Pi Zero*' | ForEach-Object Memory) | Should -Be @(512MB, 512MB, 512MB)
    }

    It 'names a model that does not exist' {
        $errors = @(Get-ScriptError { Get-RpiModel 'Pi 7' })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be 'ModelMissing,RpiLive.Commands.GetRpiModelCommand'
    }

    It 'tells chip and kernels' {
        $model = Get-RpiModel 'Pi 5' | Where-Object Memory -EQ 4GB
        $model.Chip | Should -Be 'BCM2712'
        $model.Kernels | Should -Contain 'kernel_2712.img'
    }

    It 'says how an image runs on each: <_>' -ForEach 'Path', 'LiteralPath' {
        $image = @{ $_ = $live }
        $models = @(Get-RpiModel @image -Name 'Pi 4B', 'Pi Zero W')
        $models | Should -HaveCount 5
        $models[0].ImagePath | Should -Be $live
        @($models.Where{ $_.Name -eq 'Pi Zero W' }.Flavour) | Should -BeNullOrEmpty
        $fitting = @($models.Where{ $_.Name -eq 'Pi 4B' })
        "$($fitting.Fit)" | Should -Be 'Ram Ram Ram Ram'
        $fitting[0].Flavour | Should -Be 'arm64'
        $fitting[0].AvailableMemory | Should -BeLessThan $fitting[0].Memory
        $fitting[0].FreeMemory | Should -BeGreaterThan 0
        $fitting[0].NeededMemory | Should -BeGreaterThan 0
    }

    It 'goes on after a name that does not exist' {
        $models = @(Get-RpiModel 'Pi 7', 'Pi 400' -ErrorAction SilentlyContinue -ErrorVariable failed)
        $models.Name | Should -Be 'Pi 400'
        $failed.TargetObject | Should -Be 'Pi 7'
        $failed.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failed.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
