BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Set-RpiLivePersistence' {
    BeforeAll {
        $folder = "$TestDrive"
        $garbage = New-GarbageFile $folder 'garbage.img'
    }

    It 'refuses parameters that make no sense: <Because>' -ForEach @(
        @{ Because = 'nothing is asked'; Arguments = @{} }
        @{ Because = 'presets have modes of their own'; Arguments = @{ Preset = 'Logs'; Mode = 'Bind' } }
        @{ Because = 'percent are of RAM'; Arguments = @{ Directory = '/srv'; Percent = 10 } }
        @{ Because = 'RAM needs no store'; Arguments = @{ Directory = '/srv'; Mode = 'Tmpfs'; Target = 'Usb' } }
        @{ Because = 'an owner is of a seed'; Arguments = @{ Directory = '/srv'; Owner = 'pi' } }
    ) {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $garbage @Arguments })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be 'ParametersDisagree,RpiLive.Commands.SetRpiLivePersistenceCommand'
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'refuses <Path> with <Id>' -ForEach @(
        @{ Path = 'missing.img'; Id = 'PathNotFound' }
        @{ Path = 'missing*'; Id = 'PathNotFound' }
        @{ Path = 'env:PATH'; Id = 'PathNotFileSystem' }
    ) {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $Path /srv -Target Usb -Label KEEP })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $errors[0].TargetObject | Should -Be $Path
    }

    It 'says that a file is no live image' {
        $errors = @(Get-ScriptError { Set-RpiLivePersistence $garbage /srv -Target Usb -Label KEEP })
        $errors | Should -HaveCount 1
        $errors[0].TargetObject | Should -Be $garbage
    }

    It 'completes targets and sizes' {
        Get-Completion 'Set-RpiLivePersistence a /srv -Target P' | Should -Be 'Partition'
        Get-Completion 'Set-RpiLivePersistence a /srv -Size 2' | Should -Be @('256MB', '2GB')
    }
}

Describe 'Remove-RpiLivePersistence' {
    It 'wants to be told what' {
        $errors = @(Get-ScriptError { Remove-RpiLivePersistence missing.img })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
    }
}

Describe 'Persistence of a live image, named by RPILIVE_LIVE_IMAGE' {
    It 'adds up, shows and goes' -Skip:(-not $env:RPILIVE_LIVE_IMAGE) {
        $live = [System.IO.Path]::Combine("$TestDrive", 'live.img')
        [System.IO.File]::Copy($env:RPILIVE_LIVE_IMAGE, $live)
        $image = Set-RpiLivePersistence -LiteralPath $live -Preset Logs, Identity -Target Partition -Size 16MB -Grow |
            Set-RpiLivePersistence -Directory /var/cache -Mode Tmpfs -Size 64MB
        $image.KeepRules.Directory | Should -Contain '/var/log'
        $image.KeepRules.Directory | Should -Contain '/var/cache'
        $image.MachineIdStore | Should -Be 'partition'
        $image.Stores[0].Size | Should -Be 16MB
        $after = $image | Remove-RpiLivePersistence -All
        $after.KeepRules | Should -BeNullOrEmpty
        $after.Length | Should -Be ([System.IO.FileInfo]::new($env:RPILIVE_LIVE_IMAGE).Length)
    }
}
