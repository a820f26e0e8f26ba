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

    It 'refuses a folder' {
        $errors = @(Get-ScriptError { Get-RpiLiveImage $folder })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFile,*'
    }
}
