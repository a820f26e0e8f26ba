BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Get-RpiLiveImage' {
    BeforeAll {
        $folder = "$TestDrive"
        $first = New-GarbageFile $folder 'first.img'
        $second = New-GarbageFile $folder '[second].img'
    }

    It 'says that a file is no live image, and goes on with the next' {
        $errors = @(Get-ScriptError { Get-RpiLiveImage "$folder/*.img" })
        $errors | Should -HaveCount 2
        $errors.TargetObject | Should -Contain $first
        $errors.TargetObject | Should -Contain $second
    }

    It 'takes files from the pipeline by their literal path' {
        $errors = @(Get-ScriptError { [System.IO.FileInfo]::new($second) | Get-RpiLiveImage })
        $errors | Should -HaveCount 1
        $errors[0].TargetObject | Should -Be $second
    }

    It 'refuses <Path> with <Id>' -ForEach @(
        @{ Path = 'missing.img'; Id = 'PathNotFound' }
        @{ Path = 'missing*'; Id = 'PathNotFound' }
        @{ Path = 'env:PATH'; Id = 'PathNotFileSystem' }
        @{ Path = 'nodrive:/x'; Id = 'PathInvalid' }
    ) {
        $errors = @(Get-ScriptError { Get-RpiLiveImage $Path })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be "$Id,RpiLive.Commands.GetRpiLiveImageCommand"
        $errors[0].TargetObject | Should -Be $Path
    }

    It 'tells what is kept and how, whichever way it is asked' {
        $live = New-LiveImage $folder
        $made = Set-RpiLivePersistence $live /home -Target Partition -Size 8MB | Add-RpiLiveZram -Percent 25
        foreach ($image in (Get-RpiLiveImage $live), (Get-RpiLiveImage -LiteralPath $live), ($made | Get-RpiLiveImage)) {
            "$($image.KeepRules)" | Should -Be '/home (Overlay on partition)'
            $image.Stores[0].Size | Should -Be 8MB
            $image.Zram.Percent | Should -Be 25
            $image.PSPath | Should -Be "Microsoft.PowerShell.Core\FileSystem::$live"
        }
    }

    It 'says that an image is cut short' {
        $live = New-LiveImage $folder 'short.img'
        $file = [System.IO.File]::OpenWrite($live)
        $file.SetLength(100MB)
        $file.Dispose()
        $errors = @(Get-ScriptError { Get-RpiLiveImage $live })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be 'ImageTruncated,RpiLive.Commands.GetRpiLiveImageCommand'
        $errors[0].CategoryInfo.Category | Should -Be 'InvalidData'
        $errors[0].TargetObject | Should -Be $live
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        (Test-RpiLiveImage $live).Checks[0].Id | Should -Be 'PartitionTable'
    }

    It 'refuses a folder' {
        $errors = @(Get-ScriptError { Get-RpiLiveImage $folder })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFile,*'
    }
}
